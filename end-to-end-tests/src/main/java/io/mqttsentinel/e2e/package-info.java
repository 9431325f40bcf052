/**
 * The product as its users meet it: every service in its own process, clients that we did not
 * write, and processes that are killed while messages are on their way. {@link
 * io.mqttsentinel.e2e.Cluster} starts and kills the processes; {@link io.mqttsentinel.e2e.FaultRun}
 * sends traffic through it meanwhile, and a ledger holds what was acknowledged against what
 * arrived. The tests and {@code ./sentinel faults} use the same.
 */
package io.mqttsentinel.e2e;
