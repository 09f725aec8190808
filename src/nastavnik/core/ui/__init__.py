"""What pages are made of: components, forms, lists, ticks, the question before what cannot be undone, choices of a browser."""
