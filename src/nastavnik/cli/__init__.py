"""Words of the command line that need only an engine: they start without Django."""
