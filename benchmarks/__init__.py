"""What amplify_mock costs, beside other mocks and botocore itself: ``python -m benchmarks``."""
