"""A printed sheet that comes back as a picture: where its boxes are, what is marked in them, and when to ask a person."""
