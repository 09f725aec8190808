"""A grid of cells in, people out: rosters of pupils and staff as schools print them."""
