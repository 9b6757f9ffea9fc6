// A retention job: deletes the packages whose names have a prefix, page by page, and says what it saw.
import { CodeartifactClient, DeletePackageCommand, paginateListPackages } from "@aws-sdk/client-codeartifact";

const { repository, prefix, pageSize } = JSON.parse(process.argv[2]);
const client = new CodeartifactClient({});
const pages = [];
const found = [];

for await (const page of paginateListPackages({ client, pageSize }, { ...repository, packagePrefix: prefix })) {
  pages.push(page.packages.map((each) => each.package));
  found.push(...page.packages);
}
for (const { format, namespace, package: name } of found) {
  await client.send(new DeletePackageCommand({ ...repository, format, namespace, package: name }));
}

console.log(JSON.stringify({ pages }));
