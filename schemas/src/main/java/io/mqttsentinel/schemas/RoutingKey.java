package io.mqttsentinel.schemas;

/**
 * What decides the partition of an MQTT topic: {@code clients/{client id}/…} goes by the client id,
 * so that the task which owns the session of that client also routes its alerts, without a further
 * hop through Kafka. Every other topic goes by its whole name.
 */
public final class RoutingKey {

  private static final String OWN_TREE = "clients/";

  private RoutingKey() {}

  /**
   * The key of a topic name, or of a topic filter without wildcards. A shared subscription {@code
   * $share/{group}/{filter}} lies where its filter does.
   */
  public static String of(String topic) {
    String owner = owner(topic);
    return owner == null ? SharedFilter.matching(topic) : owner;
  }

  /** The client in whose tree the topic lies, or null. */
  public static String owner(String topicOrFilter) {
    String topic = SharedFilter.matching(topicOrFilter);
    if (!topic.startsWith(OWN_TREE)) {
      return null;
    }
    int end = topic.indexOf('/', OWN_TREE.length());
    String owner = topic.substring(OWN_TREE.length(), end < 0 ? topic.length() : end);
    return owner.isEmpty() ? null : owner;
  }
}
