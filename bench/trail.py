"""Writes CloudTrail log files as they lie in a bucket, of any number: for benchmarks and tries.

Usage: trail.py DIRECTORY [RECORDS [SEED]]

Three accounts of an organization in four regions: services that run tasks and read objects, people
at the console and in pipelines, AWS services themselves. A record is about 1.5 KB, a file some
thousand records. About one record in five thousand is what rules look for.
"""

import base64
import gzip
import os
import random
import sys
from datetime import datetime, timedelta, timezone

ACCOUNTS = ["111122223333", "444455556666", "777788889999"]
REGIONS = ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2"]
START = datetime(2026, 3, 1, tzinfo=timezone.utc)
AGENTS = [
    "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/ecs#1.44.3",
    "Boto3/1.34.131 md/Botocore#1.34.131 ua/2.0 os/linux#5.10.219-208.866.amzn2.x86_64 md/arch#x86_64 "
    "lang/python#3.12.4 md/pyimpl#CPython exec-env/AWS_ECS_FARGATE cfg/retry-mode#legacy Botocore/1.34.131",
    "aws-sdk-java/2.26.21 Linux/5.10.219-208.866.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/21.0.3+9-LTS "
    "Java/21.0.3 vendor/Amazon.com_Inc. exec-env/AWS_ECS_FARGATE io/sync http/Apache cfg/retry-mode/legacy",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io) terraform-provider-aws/5.59.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5",
    "aws-cli/2.17.18 md/awscrt#0.20.11 ua/2.0 os/macos#23.5.0 md/arch#arm64 lang/python#3.11.9 "
    "md/pyimpl#CPython cfg/retry-mode#standard md/installer#source md/prompt#off md/command#ecs.update-service",
]
SUITES = ["TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_256_GCM_SHA384"]
APPS = ["checkout", "catalog", "search", "payments", "mailer", "reports", "ingest", "gateway"]
PEOPLE = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"]

# Service, call, whether it only reads, weight, request, response. In capitals: what is filled in.
CALLS = [
    ("s3", "GetObject", 1, 150, '{"bucketName":"APP-data-ACCOUNT","Host":"APP-data-ACCOUNT.s3.REGION.amazonaws.com","key":"APP/2026/03/01/part-HEX8.parquet","x-amz-checksum-mode":"ENABLED"}', "null"),
    ("s3", "PutObject", 0, 70, '{"bucketName":"APP-data-ACCOUNT","Host":"APP-data-ACCOUNT.s3.REGION.amazonaws.com","key":"APP/out/HEX8.json","x-amz-server-side-encryption":"aws:kms"}', '{"x-amz-server-side-encryption":"aws:kms","x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:REGION:ACCOUNT:key/5ba0a4e3-1f39-4e5b-9e0e-3a2d6c1b8f70"}'),
    ("s3", "ListObjects", 1, 40, '{"list-type":"2","bucketName":"APP-data-ACCOUNT","prefix":"APP/2026/","encoding-type":"url","Host":"APP-data-ACCOUNT.s3.REGION.amazonaws.com"}', "null"),
    ("s3", "HeadObject", 1, 40, '{"bucketName":"APP-data-ACCOUNT","Host":"APP-data-ACCOUNT.s3.REGION.amazonaws.com","key":"APP/state/HEX8"}', "null"),
    ("s3", "GetBucketAcl", 1, 10, '{"bucketName":"APP-data-ACCOUNT","Host":"APP-data-ACCOUNT.s3.REGION.amazonaws.com","acl":""}', "null"),
    ("kms", "Decrypt", 1, 100, '{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::APP-data-ACCOUNT","service":"APP"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}', "null"),
    ("kms", "GenerateDataKey", 1, 60, '{"keySpec":"AES_256","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::APP-data-ACCOUNT"},"keyId":"arn:aws:kms:REGION:ACCOUNT:key/5ba0a4e3-1f39-4e5b-9e0e-3a2d6c1b8f70"}', "null"),
    ("sts", "AssumeRole", 1, 90, '{"roleArn":"arn:aws:iam::ACCOUNT:role/APP-task","roleSessionName":"HEX32","durationSeconds":3600}', '{"credentials":{"accessKeyId":"ASIAKEY16","sessionToken":"IQoJb3JpZ2luX2VjETOKEN","expiration":"Mar 1, 2026, 1:00:00 PM"},"assumedRoleUser":{"assumedRoleId":"AROAAPPROLEEXAMPLE000:HEX32","arn":"arn:aws:sts::ACCOUNT:assumed-role/APP-task/HEX32"}}'),
    ("sts", "GetCallerIdentity", 1, 20, "null", "null"),
    ("ecs", "DescribeTasks", 1, 60, '{"cluster":"production","tasks":["arn:aws:ecs:REGION:ACCOUNT:task/production/HEX32","arn:aws:ecs:REGION:ACCOUNT:task/production/HEX32"]}', "null"),
    ("ecs", "DescribeServices", 1, 30, '{"cluster":"production","services":["APP","APP-worker"],"include":["TAGS"]}', "null"),
    ("ecs", "RunTask", 0, 8, '{"cluster":"production","taskDefinition":"APP:42","count":1,"launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-HEX8","subnet-HEX8"],"securityGroups":["sg-HEX8"],"assignPublicIp":"DISABLED"}},"overrides":{"containerOverrides":[{"name":"APP","environment":[{"name":"JOB","value":"HIDDEN_DUE_TO_SECURITY_REASONS"}],"command":["run","--job","HEX8"]}]},"enableECSManagedTags":true}', '{"tasks":[{"taskArn":"arn:aws:ecs:REGION:ACCOUNT:task/production/HEX32","clusterArn":"arn:aws:ecs:REGION:ACCOUNT:cluster/production","taskDefinitionArn":"arn:aws:ecs:REGION:ACCOUNT:task-definition/APP:42","lastStatus":"PROVISIONING","desiredStatus":"RUNNING","cpu":"512","memory":"1024","containers":[{"containerArn":"arn:aws:ecs:REGION:ACCOUNT:container/production/HEX32/HEX32","name":"APP","image":"ACCOUNT.dkr.ecr.REGION.amazonaws.com/APP:1.42","lastStatus":"PENDING","networkInterfaces":[]}],"launchType":"FARGATE","platformVersion":"1.4.0"}],"failures":[]}'),
    ("ecs", "SubmitTaskStateChange", 0, 15, '{"cluster":"production","task":"arn:aws:ecs:REGION:ACCOUNT:task/production/HEX32","status":"RUNNING","containers":[{"containerName":"APP","runtimeId":"HEX32","status":"RUNNING"}]}', '{"acknowledgment":"ACK"}'),
    ("ecs", "UpdateService", 0, 3, '{"cluster":"production","service":"APP","taskDefinition":"APP:43","desiredCount":4,"forceNewDeployment":true}', '{"service":{"serviceArn":"arn:aws:ecs:REGION:ACCOUNT:service/production/APP","serviceName":"APP","status":"ACTIVE","desiredCount":4,"runningCount":4,"launchType":"FARGATE","deployments":[{"id":"ecs-svc/HEX8","status":"PRIMARY","taskDefinition":"arn:aws:ecs:REGION:ACCOUNT:task-definition/APP:43","rolloutState":"IN_PROGRESS"}]}}'),
    ("ecs", "RegisterTaskDefinition", 0, 2, '{"family":"APP","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"512","memory":"1024","taskRoleArn":"arn:aws:iam::ACCOUNT:role/APP-task","executionRoleArn":"arn:aws:iam::ACCOUNT:role/ecs-execution","containerDefinitions":[{"name":"APP","image":"ACCOUNT.dkr.ecr.REGION.amazonaws.com/APP@sha256:HEX32HEX32","essential":true,"portMappings":[{"containerPort":8080,"protocol":"tcp"}],"environment":[{"name":"MODE","value":"HIDDEN_DUE_TO_SECURITY_REASONS"}],"readonlyRootFilesystem":true,"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/ecs/APP","awslogs-region":"REGION","awslogs-stream-prefix":"APP"}}}]}', '{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:REGION:ACCOUNT:task-definition/APP:43","family":"APP","revision":43,"status":"ACTIVE"}}'),
    ("ecr", "BatchGetImage", 1, 40, '{"repositoryName":"APP","imageIds":[{"imageTag":"1.42"}],"acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json","application/vnd.oci.image.manifest.v1+json"],"registryId":"ACCOUNT"}', "null"),
    ("ecr", "GetAuthorizationToken", 1, 25, '{"registryIds":["ACCOUNT"]}', "null"),
    ("ecr", "GetDownloadUrlForLayer", 1, 30, '{"repositoryName":"APP","layerDigest":"sha256:HEX32HEX32","registryId":"ACCOUNT"}', "null"),
    ("ecr", "PutImage", 0, 1, '{"repositoryName":"APP","imageTag":"1.43","registryId":"ACCOUNT","imageManifest":"{\\n   \\"schemaVersion\\": 2,\\n   \\"config\\": {\\"digest\\": \\"sha256:HEX32HEX32\\"}}"}', '{"image":{"repositoryName":"APP","imageId":{"imageTag":"1.43","imageDigest":"sha256:HEX32HEX32"},"registryId":"ACCOUNT"}}'),
    ("logs", "CreateLogStream", 0, 30, '{"logGroupName":"/ecs/APP","logStreamName":"APP/APP/HEX32"}', "null"),
    ("logs", "DescribeLogGroups", 1, 15, '{"logGroupNamePrefix":"/ecs/","limit":50}', "null"),
    ("ec2", "DescribeInstances", 1, 60, '{"maxResults":1000,"instancesSet":{},"filterSet":{"items":[{"name":"tag:app","valueSet":{"items":[{"value":"APP"}]}}]}}', "null"),
    ("ec2", "DescribeNetworkInterfaces", 1, 50, '{"networkInterfaceIdSet":{"items":[{"networkInterfaceId":"eni-HEX8"}]},"filterSet":{}}', "null"),
    ("ec2", "DescribeSecurityGroups", 1, 30, '{"maxResults":1000,"securityGroupSet":{},"securityGroupIdSet":{"items":[{"groupId":"sg-HEX8"}]},"filterSet":{}}', "null"),
    ("ec2", "CreateNetworkInterface", 0, 10, '{"subnetId":"subnet-HEX8","description":"arn:aws:ecs:REGION:ACCOUNT:attachment/HEX32","groupSet":{"items":[{"groupId":"sg-HEX8"}]},"privateIpAddressesSet":{},"clientToken":"HEX32"}', '{"requestId":"UUID","networkInterface":{"networkInterfaceId":"eni-HEX8","subnetId":"subnet-HEX8","vpcId":"vpc-HEX8","availabilityZone":"REGIONa","ownerId":"ACCOUNT","requesterManaged":true,"status":"pending","macAddress":"0a:58:a9:fe:ac:02","privateIpAddress":"10.0.12.34","sourceDestCheck":true,"groupSet":{"items":[{"groupId":"sg-HEX8","groupName":"APP"}]},"tagSet":{}}}'),
    ("iam", "GetRole", 1, 30, '{"roleName":"APP-task"}', "null"),
    ("iam", "ListRoles", 1, 10, '{"maxItems":1000}', "null"),
    ("iam", "PutRolePolicy", 0, 0.4, '{"roleName":"APP-task","policyName":"inline","policyDocument":"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Action\\":[\\"s3:GetObject\\"],\\"Resource\\":\\"arn:aws:s3:::APP-data-ACCOUNT/*\\"}]}"}', "null"),
    ("secretsmanager", "GetSecretValue", 1, 40, '{"secretId":"arn:aws:secretsmanager:REGION:ACCOUNT:secret:APP/database-AbCdEf"}', "null"),
    ("ssm", "GetParameters", 1, 30, '{"names":["/APP/url","/APP/mode"],"withDecryption":true}', "null"),
    ("dynamodb", "DescribeTable", 1, 30, '{"tableName":"APP"}', "null"),
    ("elasticloadbalancing", "DescribeTargetHealth", 1, 50, '{"targetGroupArn":"arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/APP/HEX8HEX8"}', "null"),
    ("elasticloadbalancing", "RegisterTargets", 0, 8, '{"targetGroupArn":"arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/APP/HEX8HEX8","targets":[{"id":"10.0.12.34","port":8080}]}', "null"),
    ("lambda", "ListFunctions20150331", 1, 10, '{"maxItems":50}', "null"),
    ("cloudtrail", "LookupEvents", 1, 5, '{"lookupAttributes":[{"attributeKey":"EventName","attributeValue":"RunTask"}],"maxResults":50}', "null"),
    ("servicediscovery", "DiscoverInstances", 1, 30, '{"namespaceName":"local","serviceName":"APP","maxResults":100}', "null"),
    ("application-autoscaling", "DescribeScalableTargets", 1, 20, '{"serviceNamespace":"ecs","resourceIds":["service/production/APP"]}', "null"),
    ("signin", "ConsoleLogin", 0, 0.4, "null", '{"ConsoleLogin":"Success"}'),
    # What rules look for.
    ("ecs", "ExecuteCommand", 0, 0.05, '{"cluster":"production","task":"arn:aws:ecs:REGION:ACCOUNT:task/production/HEX32","container":"APP","command":"HIDDEN_DUE_TO_SECURITY_REASONS","interactive":true}', '{"clusterArn":"arn:aws:ecs:REGION:ACCOUNT:cluster/production","containerName":"APP","interactive":true,"session":{"sessionId":"ecs-execute-command-HEX8","streamUrl":"wss://ssmmessages.REGION.amazonaws.com/","tokenValue":"HIDDEN_DUE_TO_SECURITY_REASONS"},"taskArn":"arn:aws:ecs:REGION:ACCOUNT:task/production/HEX32"}'),
    ("cloudtrail", "StopLogging", 0, 0.03, '{"name":"arn:aws:cloudtrail:REGION:ACCOUNT:trail/organization"}', "null"),
    ("iam", "CreateAccessKey", 0, 0.05, '{"userName":"USER"}', '{"accessKey":{"accessKeyId":"AKIAKEY16","status":"Active","userName":"USER","createDate":"Mar 1, 2026, 12:00:00 PM"}}'),
    ("s3", "PutBucketPolicy", 0, 0.05, '{"bucketPolicy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::APP-data-ACCOUNT/*"}]},"bucketName":"APP-data-ACCOUNT","Host":"APP-data-ACCOUNT.s3.REGION.amazonaws.com","policy":""}', "null"),
    ("ec2", "AuthorizeSecurityGroupIngress", 0, 0.05, '{"groupId":"sg-HEX8","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{},"prefixListIds":{}}]}}', '{"requestId":"UUID","_return":true}'),
]


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.weights = [call[3] for call in CALLS]
        self.addresses = [f"10.{self.random.randrange(256)}.{self.random.randrange(256)}.{self.random.randrange(256)}" for _ in range(400)]
        self.keys = ["".join(self.random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16)) for _ in range(600)]
        self.tasks = [self.task() for _ in range(600)]
        self.operators = [self.operator(person) for person in PEOPLE]

    def task(self):
        """A task: its application, id, key, address, and the SDK that is in its image."""
        return (self.random.choice(APPS), self.hex(32), self.random.choice(self.keys),
                self.random.choice(self.addresses), self.random.choice(AGENTS[1:3]))

    def operator(self, person):
        return person, self.random.choice(self.keys), self.random.choice(self.addresses)

    def hex(self, digits):
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self):
        text = self.hex(32)
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def fill(self, text, account, region, app):
        text = text.replace("ACCOUNT", account).replace("REGION", region).replace("APP", app)
        for mark, digits in (("HEX32", 32), ("HEX8", 8)):
            while mark in text:
                text = text.replace(mark, self.hex(digits), 1)
        if "TOKEN" in text:
            text = text.replace("TOKEN", base64.b64encode(self.random.randbytes(330)).decode())
        if "UUID" in text:
            text = text.replace("UUID", self.uuid())
        return text.replace("KEY16", self.random.choice(self.keys)).replace("USER", self.random.choice(PEOPLE))

    def identity(self, account, moment):
        """Who calls: identity, application, address, user agent."""
        kind = self.random.random()
        if kind < 0.08:
            by = "ecs.amazonaws.com"
            return f'{{"type":"AWSService","invokedBy":"{by}"}}', self.random.choice(APPS), by, by
        if kind < 0.2:
            user, key, address = self.random.choice(self.operators)
            return (f'{{"type":"IAMUser","principalId":"AIDA{user.upper():A<16}","arn":"arn:aws:iam::{account}:user/{user}",'
                    f'"accountId":"{account}","accessKeyId":"AKIA{key}","userName":"{user}"}}',
                    self.random.choice(APPS), address, self.random.choice(AGENTS[3:]))
        if kind < 0.7:
            app, session, key, address, agent = self.random.choice(self.tasks)
            role = f"{app}-task"
        else:
            session, key, address = self.random.choice(self.operators)
            app, role, agent = self.random.choice(APPS), "administrator", self.random.choice(AGENTS[3:])
        principal = f"AROA{role.upper().replace('-', ''):A<17}"
        return (f'{{"type":"AssumedRole","principalId":"{principal}:{session}",'
                f'"arn":"arn:aws:sts::{account}:assumed-role/{role}/{session}","accountId":"{account}","accessKeyId":"ASIA{key}",'
                f'"sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{principal}",'
                f'"arn":"arn:aws:iam::{account}:role/{role}","accountId":"{account}","userName":"{role}"}},'
                f'"attributes":{{"creationDate":"{moment}","mfaAuthenticated":"false"}}}}}}', app, address, agent)

    def record(self, account, region, when):
        service, name, reads, _, request, response = self.random.choices(CALLS, self.weights)[0]
        moment = when.strftime("%Y-%m-%dT%H:%M:%SZ")
        identity, app, address, agent = self.identity(account, moment)
        error = ""
        if self.random.random() < 0.03:
            response = "null"
            error = (f'"errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::{account}:assumed-role/{app}-task/x is not '
                     f'authorized to perform: {service}:{name} because no identity-based policy allows the {service}:{name} action",')
        data = service == "s3" and name in ("GetObject", "PutObject", "HeadObject")
        more = ""
        if service == "s3":
            more = (f'"additionalEventData":{{"SignatureVersion":"SigV4","CipherSuite":"{self.random.choice(SUITES)}",'
                    f'"bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"{base64.b64encode(self.random.randbytes(56)).decode()}",'
                    f'"bytesTransferredOut":{self.random.randrange(1 << 20)}}},')
        elif name == "ConsoleLogin":
            more = '"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"Yes"},'
        resources = ""
        if data or service in ("kms", "sts"):
            resources = self.fill('"resources":[{"accountId":"ACCOUNT","type":"AWS::KMS::Key","ARN":"arn:aws:kms:REGION:ACCOUNT:key/5ba0a4e3-1f39-4e5b-9e0e-3a2d6c1b8f70"}],', account, region, app)
        host = f"{service}.{region}.amazonaws.com"
        return (f'{{"eventVersion":"1.11","userIdentity":{identity},"eventTime":"{moment}","eventSource":"{service}.amazonaws.com",'
                f'"eventName":"{name}","awsRegion":"{region}","sourceIPAddress":"{address}",'
                f'"userAgent":"{agent}",{error}"requestParameters":{self.fill(request, account, region, app)},'
                f'"responseElements":{self.fill(response, account, region, app)},{more}"requestID":"{self.uuid()}","eventID":"{self.uuid()}",'
                f'"readOnly":{"true" if reads else "false"},{resources}"eventType":"{"AwsConsoleSignIn" if name == "ConsoleLogin" else "AwsApiCall"}",'
                f'"managementEvent":{"false" if data else "true"},"recipientAccountId":"{account}","eventCategory":"{"Data" if data else "Management"}",'
                f'"tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"{self.random.choice(SUITES)}","clientProvidedHostHeader":"{host}"}}}}')


def main():
    directory = sys.argv[1]
    records = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    writer = Writer(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    number, when = 0, START
    while records > 0:
        account, region = writer.random.choice(ACCOUNTS), writer.random.choice(REGIONS)
        size = min(records, writer.random.randrange(4_000, 12_000))
        lines = []
        for _ in range(size):
            when += timedelta(milliseconds=writer.random.randrange(180))
            lines.append(writer.record(account, region, when))
        folder = os.path.join(directory, f"AWSLogs/o-exampleorg/{account}/CloudTrail/{region}", when.strftime("%Y/%m/%d"))
        os.makedirs(folder, exist_ok=True)
        name = f"{account}_CloudTrail_{region}_{when.strftime('%Y%m%dT%H%MZ')}_{number:016d}.json.gz"
        with open(os.path.join(folder, name), "wb") as file, gzip.GzipFile("", "wb", 6, file, 0) as out:
            out.write(('{"Records":[' + ",".join(lines) + "]}").encode())
        records -= size
        number += 1


main()
