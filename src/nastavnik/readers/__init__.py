"""Bytes in, grids of cells out: every foreign file format is read here, with limits."""
