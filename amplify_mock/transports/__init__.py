"""Each transport turns somebody's request into a Request, and the Response back."""
