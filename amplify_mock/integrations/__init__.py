"""What joins the mock to other packages, none of which it needs."""
