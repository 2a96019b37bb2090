"""Generic service layer: it would serve any rest-json service, and all that it knows comes from the model."""
