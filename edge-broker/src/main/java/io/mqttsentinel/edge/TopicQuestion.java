package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.PermissionAction;

/**
 * What a client wants to do.
 *
 * @param action to publish or to subscribe
 * @param topic name, or filter
 * @param retain of a PUBLISH
 */
record TopicQuestion(PermissionAction action, String topic, int qos, boolean retain) {

  static TopicQuestion publish(String topic, int qos, boolean retain) {
    return new TopicQuestion(PermissionAction.PUBLISH, topic, qos, retain);
  }

  static TopicQuestion subscribe(String filter, int qos) {
    return new TopicQuestion(PermissionAction.SUBSCRIBE, filter, qos, false);
  }
}
