"""Pure engines: no Django, no clock, no files, no global randomness."""
