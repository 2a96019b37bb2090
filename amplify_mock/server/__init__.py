"""An HTTP server on a mock, for the AWS CLI, JavaScript, curl, and Python in other processes."""

try:
    import waitress  # noqa: F401
except ImportError:
    raise ImportError(
        "the server of amplify_mock needs waitress, which is not installed: pip install 'amplify-mock[server]'"
    ) from None
