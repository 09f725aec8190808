"""Anyone's roadmap document: blocks of text and tables in, activities out."""
