package io.mqttsentinel.edge;

import io.netty.handler.codec.mqtt.MqttMessage;

/** Hands each packet to the flow that serves it. */
interface PacketDispatch {

  /** False: there is no room, the same packet has to be dispatched again later. */
  boolean dispatch(Connection connection, MqttMessage packet);
}
