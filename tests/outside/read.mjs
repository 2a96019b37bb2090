// Reads an app, and prints its name or the error, and how often it was asked for.
import { AmplifyClient, GetAppCommand, NotFoundException } from "@aws-sdk/client-amplify";

const amplify = new AmplifyClient();
try {
  const { app, $metadata } = await amplify.send(new GetAppCommand({ appId: process.argv[2] }));
  console.log(JSON.stringify({ name: app.name, attempts: $metadata.attempts }));
} catch (error) {
  const { httpStatusCode: status, attempts, requestId } = error.$metadata;
  const isNotFound = error instanceof NotFoundException;
  console.log(JSON.stringify({ name: error.name, message: error.message, status, attempts, isNotFound, requestId }));
}
