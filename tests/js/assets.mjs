// Publishes a file from memory and as a stream, and downloads it in pieces.
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { CodeartifactClient, GetPackageVersionAssetCommand, PublishPackageVersionCommand }
  from "@aws-sdk/client-codeartifact";

const { version, file } = JSON.parse(process.argv[2]);
const client = new CodeartifactClient({});
const content = readFileSync(file);
const assetSHA256 = createHash("sha256").update(content).digest("hex");

const publish = (assetName, assetContent, unfinished) =>
  client.send(new PublishPackageVersionCommand({ ...version, assetName, assetContent, assetSHA256, unfinished }));

const fromMemory = await publish("memory.bin", new Uint8Array(content), true);
const stream = createReadStream(file);
stream.size = statSync(file).size;
const fromStream = await publish("stream.bin", stream, false);

const got = await client.send(new GetPackageVersionAssetCommand({ ...version, asset: "stream.bin" }));
const pieces = [];
for await (const piece of got.asset) pieces.push(piece);

console.log(JSON.stringify({
  published: [fromMemory, fromStream].map(({ status, asset }) => ({ status, ...asset })),
  downloaded: {
    name: got.assetName,
    version: got.packageVersion,
    pieces: pieces.length,
    same: Buffer.concat(pieces).equals(content),
  },
}));
