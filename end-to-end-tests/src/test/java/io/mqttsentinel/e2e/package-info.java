/**
 * The product as its users meet it: every service in its own process, clients that we did not
 * write, and processes that are killed while messages are on their way. A ledger holds what was
 * acknowledged against what arrived.
 */
package io.mqttsentinel.e2e;
