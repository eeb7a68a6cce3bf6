import { parentPort, workerData } from "node:worker_threads";
import { Connection } from "./connection.ts";
import { messageOf } from "./errors.ts";
import type { Order, Outcome, WriterData } from "./writer_thread.ts";

// The thread that writes to a file: one transaction after the other, in the order of the orders.

// `WriterThread` has started this thread, with these data.
const { file, options } = workerData as WriterData;
const connection = new Connection(file, options);
/** The texts of statements, by the numbers that stand for them in orders. */
let texts: string[] = [];

function run(order: Order): Outcome {
  if (order.firstText === 0) texts = [];
  texts.push(...order.texts);
  try {
    if (order.steps.length === 0) connection.checkpoint();
    const statements = order.steps.map(([text, params]) => ({ sql: texts[text] ?? "", params }));
    return { rows: connection.run(statements, "write") };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

parentPort?.on("message", (order: Order | "close") => {
  if (order !== "close") return parentPort?.postMessage(run(order));
  connection.close();
  parentPort?.close();
});
