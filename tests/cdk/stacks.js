// The stacks whose templates are beside this file; README.md says how they are made.
const cdk = require('aws-cdk-lib');
const l1 = require('aws-cdk-lib/aws-amplify');
const l2 = require('@aws-cdk/aws-amplify-alpha');
const events = require('aws-cdk-lib/aws-events');
const targets = require('aws-cdk-lib/aws-events-targets');
const sqs = require('aws-cdk-lib/aws-sqs');
const codebuild = require('aws-cdk-lib/aws-codebuild');

const app = new cdk.App({ outdir: process.argv[2], analyticsReporting: false });

// Hosting with the high-level constructs: everything they offer without assets.
{
  const stack = new cdk.Stack(app, 'Hosting');
  const site = new l2.App(stack, 'Site', {
    appName: 'shop',
    description: 'A shop',
    sourceCodeProvider: new l2.GitHubSourceCodeProvider({
      owner: 'me', repository: 'shop', oauthToken: cdk.SecretValue.unsafePlainText('token'),
    }),
    environmentVariables: { STAGE: 'test' },
    autoBranchCreation: {
      patterns: ['feature/*'],
      basicAuth: l2.BasicAuth.fromCredentials('previewer', cdk.SecretValue.unsafePlainText('secret')),
      environmentVariables: { PREVIEW: 'yes' },
      stage: 'DEVELOPMENT',
    },
    autoBranchDeletion: true,
    basicAuth: l2.BasicAuth.fromCredentials('me', cdk.SecretValue.unsafePlainText('secret')),
    buildSpec: codebuild.BuildSpec.fromObjectToYaml({
      version: '1.0', frontend: { phases: { build: { commands: ['npm run build'] } } },
    }),
    customRules: [new l2.CustomRule({ source: '/old', target: '/new', status: l2.RedirectStatus.PERMANENT_REDIRECT })],
    customResponseHeaders: [{ pattern: '*.json', headers: { 'X-Answer': '42' } }],
    platform: l2.Platform.WEB_COMPUTE,
    cacheConfigType: l2.CacheConfigType.AMPLIFY_MANAGED_NO_COOKIES,
    buildComputeType: l2.BuildComputeType.LARGE_16GB,
  });
  site.addEnvironment('REGION', stack.region);
  site.addCustomRule(l2.CustomRule.SINGLE_PAGE_APPLICATION_REDIRECT);
  const main = site.addBranch('main', { stage: 'PRODUCTION', description: 'What customers see' });
  main.addEnvironment('API', 'https://api.example.com');
  const dev = site.addBranch('dev', {
    branchName: 'feature/hats', performanceMode: true, autoBuild: false, pullRequestPreview: false,
    pullRequestEnvironmentName: 'dev', skewProtection: true,
    basicAuth: l2.BasicAuth.fromCredentials('me', cdk.SecretValue.unsafePlainText('other')),
  });
  const domain = site.addDomain('example.org', {
    enableAutoSubdomain: true, autoSubdomainCreationPatterns: ['feature/*'],
  });
  domain.mapRoot(main);
  domain.mapSubDomain(main, 'www');
  domain.mapSubDomain(dev);
  cdk.Tags.of(site).add('team', 'web');
  new cdk.CfnOutput(stack, 'AppId', { value: site.appId });
  new cdk.CfnOutput(stack, 'AppName', { value: site.appName });
  new cdk.CfnOutput(stack, 'Arn', { value: site.arn });
  new cdk.CfnOutput(stack, 'DefaultDomain', { value: site.defaultDomain });
  new cdk.CfnOutput(stack, 'MainArn', { value: main.arn });
  new cdk.CfnOutput(stack, 'DomainStatus', { value: domain.domainStatus });
  new cdk.CfnOutput(stack, 'CertificateRecord', { value: domain.certificateRecord });
  new cdk.CfnOutput(stack, 'StatusReason', { value: domain.statusReason });
  new cdk.CfnOutput(stack, 'DomainArn', { value: domain.arn });
  new cdk.CfnOutput(stack, 'DomainName', { value: domain.domainName });
}

// The least that can be said: an app without a repository, and a branch to deploy to by hand.
{
  const stack = new cdk.Stack(app, 'Manual');
  const site = new l2.App(stack, 'Site', {});
  const main = site.addBranch('main', {});
  new cdk.CfnOutput(stack, 'AppId', { value: site.appId });
  new cdk.CfnOutput(stack, 'BranchName', { value: main.branchName });
}

// The resources as CloudFormation has them, and a rule that tells a queue of failed jobs.
{
  const stack = new cdk.Stack(app, 'Watched');
  const site = new l1.CfnApp(stack, 'Site', {
    name: 'watched',
    environmentVariables: [{ name: 'STACK', value: cdk.Aws.STACK_NAME }],
    tags: [{ key: 'team', value: 'web' }],
    computeRoleArn: 'arn:aws:iam::123456789012:role/compute',
  });
  const main = new l1.CfnBranch(stack, 'Main', { appId: site.attrAppId, branchName: 'main', stage: 'PRODUCTION' });
  new l1.CfnDomain(stack, 'Domain', {
    appId: site.attrAppId, domainName: 'example.com',
    subDomainSettings: [{ branchName: main.attrBranchName, prefix: '' }],
    certificateSettings: { certificateType: 'AMPLIFY_MANAGED' },
  });
  const queue = new sqs.Queue(stack, 'Jobs');
  new events.Rule(stack, 'Ended', {
    eventPattern: {
      source: ['aws.amplify'], detailType: ['Amplify Deployment Status Change'],
      detail: { appId: [site.attrAppId], jobStatus: ['FAILED', 'SUCCEED'] },
    },
    targets: [new targets.SqsQueue(queue)],
  });
  new cdk.CfnOutput(stack, 'AppId', { value: site.attrAppId });
  new cdk.CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
}
app.synth();
