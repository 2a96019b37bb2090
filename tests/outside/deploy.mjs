// Deploys a zip as people's scripts do, and prints what came of it. Where Amplify is, AWS_ENDPOINT_URL_AMPLIFY says.
import { readFile } from "node:fs/promises";
import {
  AmplifyClient,
  CreateAppCommand,
  CreateBranchCommand,
  CreateDeploymentCommand,
  GetJobCommand,
  paginateListApps,
  StartDeploymentCommand,
} from "@aws-sdk/client-amplify";

const amplify = new AmplifyClient();
const { app } = await amplify.send(new CreateAppCommand({ name: "shop", tags: { team: "web" } }));
const branch = { appId: app.appId, branchName: "feature/x" };
await amplify.send(new CreateBranchCommand({ ...branch, stage: "BETA" }));

const { jobId, zipUploadUrl } = await amplify.send(new CreateDeploymentCommand(branch));
const upload = await fetch(zipUploadUrl, { method: "PUT", body: await readFile(process.argv[2]) });
await amplify.send(new StartDeploymentCommand({ ...branch, jobId }));

const statuses = [];
do {
  const { job } = await amplify.send(new GetJobCommand({ ...branch, jobId }));
  statuses.push(job.summary.status);
} while (["PENDING", "RUNNING"].includes(statuses.at(-1)));

const names = [];
for await (const { apps } of paginateListApps({ client: amplify, pageSize: 1 }, {})) {
  names.push(...apps.map(({ name }) => name));
}

console.log(
  JSON.stringify({
    appId: app.appId,
    arn: app.appArn,
    made: app.createTime instanceof Date && app.createTime,
    upload: upload.status,
    statuses,
    names,
  }),
);
