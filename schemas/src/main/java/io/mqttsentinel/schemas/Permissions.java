package io.mqttsentinel.schemas;

import java.util.List;

/**
 * What a session may do: the first permission that applies decides, and where none does it is
 * denied. The edge asks before it accepts, the verifier asks again behind it.
 */
public final class Permissions {

  private static final Permissions NONE = new Permissions(List.of());

  private final List<Rule> rules;

  private Permissions(List<Rule> rules) {
    this.rules = rules;
  }

  /** Nothing is permitted. */
  public static Permissions none() {
    return NONE;
  }

  /**
   * Prepares a grant.
   *
   * @throws IllegalArgumentException if a topic filter in it is not valid: a grant that is not
   *     understood whole must not be applied in part
   */
  public static Permissions of(List<Permission> grant) {
    return grant.isEmpty() ? NONE : new Permissions(grant.stream().map(Rule::of).toList());
  }

  /** The same for a message with QoS 0 that is not retained. */
  public boolean mayPublish(String topic) {
    return mayPublish(topic, 0, false);
  }

  /** Whether such a message may be published to this topic name. */
  public boolean mayPublish(String topic, int qos, boolean retain) {
    for (Rule rule : rules) {
      boolean applies =
          rule.isFor(PermissionAction.PUBLISH) && rule.isForQos(qos) && rule.isForRetain(retain);
      if (applies && rule.matches(topic)) {
        return rule.allows;
      }
    }
    return false;
  }

  /** The same for a subscription with QoS 0. */
  public boolean maySubscribe(TopicFilter filter) {
    return maySubscribe(filter, 0);
  }

  /**
   * Whether all topics of this filter may be received. A denied topic within a wider filter denies
   * the whole filter: otherwise {@code deny a/secret, allow a/#} would be open to {@code a/+}.
   *
   * @param qos that the subscription asks for
   */
  public boolean maySubscribe(TopicFilter filter, int qos) {
    for (Rule rule : rules) {
      if (!rule.isFor(PermissionAction.SUBSCRIBE) || !rule.isForQos(qos)) {
        continue;
      }
      if (rule.allows && rule.covers(filter)) {
        return true;
      }
      if (!rule.allows && rule.touches(filter)) {
        return false;
      }
    }
    return false;
  }

  /** One permission; {@code filter} is null where its wildcards mean themselves. */
  private record Rule(
      boolean allows,
      PermissionAction action,
      String text,
      TopicFilter filter,
      List<Integer> qos,
      Boolean retain) {

    static Rule of(Permission permission) {
      String text = permission.getTopicFilter();
      boolean asWritten = permission.getLiteral() && !TopicFilter.isTopicName(text);
      return new Rule(
          permission.getEffect() == PermissionEffect.ALLOW,
          permission.getAction(),
          text,
          asWritten ? null : TopicFilter.of(text),
          List.copyOf(permission.getQos()),
          permission.getRetain());
    }

    boolean isFor(PermissionAction wanted) {
      return action == wanted || action == PermissionAction.ALL;
    }

    boolean isForQos(int wanted) {
      return qos.isEmpty() || qos.contains(wanted);
    }

    boolean isForRetain(boolean wanted) {
      return retain == null || retain == wanted;
    }

    boolean matches(String topic) {
      return filter == null ? text.equals(topic) : filter.matches(topic);
    }

    boolean covers(TopicFilter wanted) {
      return filter == null ? text.equals(wanted.toString()) : filter.covers(wanted);
    }

    boolean touches(TopicFilter wanted) {
      return filter == null ? text.equals(wanted.toString()) : filter.intersects(wanted);
    }
  }
}
