/**
 * What the tests of several modules need: one Kafka for a whole test run, programs that may be
 * missing, and waiting with a limit instead of sleeping.
 */
package io.mqttsentinel.testing;
