package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.Permission;
import io.mqttsentinel.schemas.PermissionAction;
import io.mqttsentinel.schemas.PermissionEffect;
import io.mqttsentinel.schemas.Permissions;
import io.mqttsentinel.schemas.TopicFilter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an authenticated client may do.
 *
 * @param permissions as they are reported
 * @param rules the same, ready to be asked
 * @param superuser may do everything; the permissions are not asked
 * @param expiresAt when the connection ends, or null
 * @param refusedFilters topic filters that even a superuser may not subscribe to as they are
 *     written
 * @param isUsual whether the authenticator named no rules, and these are the usual ones
 * @param asked who is asked about what the rules do not allow, or null
 */
record Grant(
    List<Permission> permissions,
    Permissions rules,
    boolean superuser,
    Map<String, String> attributes,
    @Nullable Instant expiresAt,
    Set<String> refusedFilters,
    boolean isUsual,
    @Nullable AskedTopics asked) {

  /**
   * Makes a grant from its permissions.
   *
   * @throws IllegalArgumentException if a permission has no valid topic filter
   */
  static Grant of(
      List<Permission> permissions,
      boolean superuser,
      Map<String, String> attributes,
      @Nullable Instant expiresAt) {
    return new Grant(
        List.copyOf(permissions),
        Permissions.of(permissions),
        superuser,
        Map.copyOf(attributes),
        expiresAt,
        Set.of(),
        false,
        null);
  }

  /** Where nobody said otherwise: a client's own tree. */
  static Grant usual(String clientId) {
    return usual(clientId, false, Map.of(), null);
  }

  /** The client's own tree, with what else is known. */
  static Grant usual(
      String clientId,
      boolean superuser,
      Map<String, String> attributes,
      @Nullable Instant expiresAt) {
    List<Permission> permissions = ownTree(clientId);
    return new Grant(
        permissions,
        Permissions.of(permissions),
        superuser,
        Map.copyOf(attributes),
        expiresAt,
        Set.of(),
        true,
        null);
  }

  /** The same, with somebody to ask about other topics. */
  Grant asking(AskedTopics topics) {
    return new Grant(
        permissions, rules, superuser, attributes, expiresAt, refusedFilters, isUsual, topics);
  }

  /** Everything, but for subscriptions to these filters. */
  static Grant everythingBut(List<String> filters) {
    return new Grant(
        List.of(), Permissions.none(), true, Map.of(), null, Set.copyOf(filters), false, null);
  }

  private static List<Permission> ownTree(String clientId) {
    return List.of(
        new Permission(
            PermissionEffect.ALLOW,
            PermissionAction.ALL,
            "clients/" + clientId + "/#",
            false,
            List.of(),
            null));
  }

  boolean mayPublish(String topic, int qos, boolean retain) {
    return superuser
        || rules.mayPublish(topic, qos, retain)
        || answer(TopicQuestion.publish(topic, qos, retain)) == AskedTopics.Answer.ALLOWED;
  }

  /**
   * @param qos that is asked for
   */
  boolean maySubscribe(TopicFilter filter, int qos) {
    return !refuses(filter)
        && (superuser
            || rules.maySubscribe(filter, qos)
            || answer(TopicQuestion.subscribe(filter.toString(), qos))
                == AskedTopics.Answer.ALLOWED);
  }

  /** What was said about it when it was asked; null where nobody was, or it is long ago. */
  @Nullable
  AskedTopics.Answer answer(TopicQuestion question) {
    return asked == null ? null : asked.known(question);
  }

  /** Whether somebody has to be asked before it is known whether the client may do it. */
  boolean mustAsk(TopicQuestion question) {
    return asked != null && !superuser && !isAllowedByRules(question) && answer(question) == null;
  }

  private boolean isAllowedByRules(TopicQuestion question) {
    return question.action() == PermissionAction.PUBLISH
        ? rules.mayPublish(question.topic(), question.qos(), question.retain())
        : rules.maySubscribe(TopicFilter.of(question.topic()), question.qos());
  }

  /** Whether nobody at all may subscribe to it. */
  boolean refuses(TopicFilter filter) {
    return refusedFilters.contains(filter.toString());
  }
}
