"""Russian wording of documents: names and positions in their cases, dates, counts, quotes."""
