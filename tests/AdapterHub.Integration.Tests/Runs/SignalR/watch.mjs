// Watches a run of a hub, or its queue, as anybody can who has a token:
//   ADAPTERHUB_TOKEN=ah_... node watch.mjs HUB Watch RUN [TRANSPORT]
//   ADAPTERHUB_TOKEN=ah_... node watch.mjs HUB WatchQueue COUNT [TRANSPORT]
// Standard output is what came, one JSON object a line; standard error is what went wrong.
import { HttpTransportType, HubConnectionBuilder, HubConnectionState, LogLevel } from "@microsoft/signalr";

const [hub, method, number, transport] = process.argv.slice(2);
const connection = new HubConnectionBuilder()
  .withUrl(`${hub}/hubs/runs`, { accessTokenFactory: () => process.env.ADAPTERHUB_TOKEN, transport: HttpTransportType[transport ?? "None"] || undefined })
  .withAutomaticReconnect()
  .configureLogging(LogLevel.None)
  .build();
let last = 0;
let left = method === "Watch" ? Infinity : Number(number);

function watch() {
  const stream = method === "Watch" ? connection.stream("Watch", Number(number), last) : connection.stream("WatchQueue");
  const subscription = stream.subscribe({
    next: item => {
      last = item.number ?? last;
      console.log(JSON.stringify(item));
      if (--left === 0) {
        subscription.dispose();
        connection.stop();
      }
    },
    complete: () => connection.stop(),
    error: trouble => setTimeout(() => {
      console.error(trouble.message);
      // A connection that was lost comes back by itself; one that is there was answered with a refusal.
      if (connection.state === HubConnectionState.Connected) {
        process.exitCode = 1;
        connection.stop();
      }
    }),
  });
}

connection.onreconnected(watch);
connection.onclose(trouble => {
  if (trouble) {
    console.error(trouble.message);
    process.exitCode = 1;
  }
});
try {
  await connection.start();
  watch();
} catch (refusal) {
  console.error(refusal.message);
  process.exitCode = 1;
}
