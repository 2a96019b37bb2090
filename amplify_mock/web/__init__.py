"""What answers at the URLs that Amplify hands out, beside its API."""
