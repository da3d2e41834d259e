/** Forms as the daemon fills them in, in the shape of `vscode-extension/src/protocol/forms.ts`. */
const FOLDER = "file:///home/ada/monte-carlo-pi";
export const SCRIPT = `${FOLDER}/main.jl`;

const HERE = { id: "this-computer", name: "This computer", kind: "thisComputer", state: "signedIn", current: true };
const HUB = { id: "juliahub.com", name: "juliahub.com", url: "https://juliahub.com", kind: "hub", state: "signedOut", current: false };

const NODES = [
  { nodeClass: "m2", label: "2 vCPU · 8 GB", vcpus: 2, memory: 8e9, gpu: false, price: 0.17, priceLabel: "$0.17 an hour" },
  { nodeClass: "m4", label: "4 vCPU · 16 GB", vcpus: 4, memory: 16e9, gpu: false, price: 0.34, priceLabel: "$0.34 an hour" },
];
const IMAGES = [
  { key: "j110", name: "Julia 1.10", product: "standard-batch", isDefault: true, juliaVersion: "1.10" },
  { key: "j112", name: "Julia 1.12", product: "standard-batch", isDefault: false, juliaVersion: "1.12", mismatch: "The manifest was made by Julia 1.10, and this image has Julia 1.12." },
];

/** What the daemon makes of `given`: enough of its rules for a page to show. */
export function formOf(given = {}, { fields = [], bundle, problems = [], artifacts = true } = {}) {
  const choices = { script: SCRIPT, server: HERE.id, send: "folder", nodes: 1, timeLimit: 1, ...given };
  if (choices.processPerVcpu !== true) choices.processesPerNode ??= 1;
  const node = NODES.find(({ nodeClass }) => nodeClass === choices.node) ?? NODES[0];
  const wrong = [...judged(choices), ...fields];
  const obstacle = wrong.find(({ severity }) => severity === "error")?.message;
  return {
    choices,
    origin: "defaults",
    server: choices.server === HUB.id ? { ...HUB, state: "signedIn", account: "ada" } : HERE,
    environment: {
      environment: {
        directory: FOLDER, name: "MonteCarloPi", projectFile: `${FOLDER}/Project.toml`, manifestFile: choices.manifest ?? `${FOLDER}/Manifest.toml`,
        artifactsFile: choices.artifacts ?? (artifacts ? `${FOLDER}/Artifacts.toml` : undefined), juliaVersion: "1.10.4", dependencies: 2, sources: [], problems,
      },
      reason: "the project file nearest to the script",
      choices: [],
    },
    nodes: NODES,
    images: IMAGES,
    image: "Julia 1.10",
    fields: wrong,
    ready: obstacle === undefined,
    ...(obstacle === undefined ? {} : { obstacle }),
    commandLine: "juliahub submit main.jl",
    bundle: bundle ?? { directory: FOLDER, name: "monte-carlo-pi", fileCount: 214, totalSize: 3_100_000, leftOut: 3, problems: [{ code: "secret", severity: "warning", message: ".env looks like a secret." }] },
    ...(wrong.some(({ field }) => field === "nodes" || field === "timeLimit") ? {} : { design: designOf(choices, node) }),
  };
}

/** The whole message for the page. */
export function shown(form, { edit = 0, filled = 1, changed = false, busy = false, configurations = [{ name: "pi sweep", folder: FOLDER }], ...source } = {}) {
  const view = {
    kind: "form", script: { name: "main.jl", folder: "monte-carlo-pi" }, form, servers: [HERE, HUB], configurations,
    source: { origin: form.origin, changed, ...source }, filled, edit, busy,
  };
  return { type: "show", view };
}

/** An extension that answers each edit with its form, as the daemon would. */
export function extension(first = {}, more = {}) {
  return (message) => {
    if (message.type === "ready") return shown(formOf(first, more));
    if (message.type === "edited") return shown(formOf(message.choices, more), { edit: message.edit, changed: true });
    return undefined;
  };
}

function judged({ nodes, port, portAccess, portPassword, timeLimit, image }) {
  const wrong = [];
  const say = (field, message, severity = "error") => wrong.push({ field, severity, message });
  if (nodes < 1 || nodes > 150) say("nodes", "A job has 1 to 150 nodes.");
  if (timeLimit < 0) say("timeLimit", "A limit is a number of hours; 0 is none.");
  if (port !== undefined && (port < 1025 || port > 9008)) say("port", "Ports from 1025 to 9008 can be shown.");
  if (portAccess === "password" && !portPassword) say("portPassword", "Give the password that opens the port.");
  if (image === "Julia 1.12") say("image", IMAGES[1].mismatch, "warning");
  return wrong;
}

function designOf({ nodes, processesPerNode, processPerVcpu, timeLimit }, node) {
  const each = processPerVcpu ? node.vcpus : processesPerNode;
  const processes = nodes * each;
  const workers = processes - 1;
  const price = nodes * node.price;
  const machines = nodes === 1 ? "1 node" : `${nodes} nodes`;
  return {
    summary: workers === 0 ? `1 process on ${machines}` : `1 master + ${workers} ${workers === 1 ? "worker" : "workers"} on ${machines}`,
    capacity: `${nodes * node.vcpus} vCPU, ${(nodes * node.memory) / 1e9} GB`,
    nodeClass: node.nodeClass,
    nodes,
    processes,
    workersPerNode: Array.from({ length: Math.min(nodes, 64) }, (_, index) => (index === 0 ? each - 1 : each)),
    vcpus: nodes * node.vcpus,
    memory: nodes * node.memory,
    pricePerHour: price,
    priceLabel: `$${price.toFixed(2)} an hour`,
    ...(timeLimit ? { priceAtMost: price * timeLimit, limitLabel: `at most $${(price * timeLimit).toFixed(2)}`, hours: timeLimit } : {}),
  };
}
