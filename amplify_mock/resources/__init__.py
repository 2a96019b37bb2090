"""What Amplify's resources are and do: plain objects that own each other, without HTTP, botocore or wire names."""
