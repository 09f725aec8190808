"""Tables of a data package: their schema, csv in with every fault said, csv out."""
