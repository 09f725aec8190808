"""What a checker would find in a paper about mentoring: rules over a model of the document (method.md §10)."""
