package io.mqttsentinel.edge;

/**
 * Says down the pipeline whose connection a load balancer passes on.
 *
 * @param peer host:port
 */
record ProxiedAddress(String peer) {}
