"""What a test does with a mock, beyond calling it: one small part each, which the controller puts together."""
