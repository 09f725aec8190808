"""Between the files of a package, the engine that reads them and the tables."""
