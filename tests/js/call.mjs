// Makes one call, and says what came back: the answer with the types of its dates, or the error as the SDK models it.
import * as sdk from "@aws-sdk/client-codeartifact";

const { operation, input = {}, config = {} } = JSON.parse(process.argv[2]);
const client = new sdk.CodeartifactClient(config);

function withTypes(name, value) {
  return this[name] instanceof Date ? { Date: value } : value;
}

function modelled(error) {
  const { resourceId, resourceType, reason, retryAfterSeconds } = error;
  return {
    class: Object.keys(sdk).find((name) => name.endsWith("Exception") && sdk[name] === error.constructor) ?? null,
    name: error.name,
    message: error.message,
    fault: error.$fault,
    status: error.$metadata?.httpStatusCode,
    attempts: error.$metadata?.attempts,
    hasRequestId: Boolean(error.$metadata?.requestId),
    members: { resourceId, resourceType, reason, retryAfterSeconds },
  };
}

let said;
try {
  const { $metadata, ...answer } = await client.send(new sdk[`${operation}Command`](input));
  said = { answer, attempts: $metadata.attempts };
} catch (error) {
  said = { error: modelled(error) };
}
console.log(JSON.stringify(said, withTypes));
