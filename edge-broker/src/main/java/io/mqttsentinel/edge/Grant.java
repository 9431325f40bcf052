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
 */
record Grant(
    List<Permission> permissions,
    Permissions rules,
    boolean superuser,
    Map<String, String> attributes,
    @Nullable Instant expiresAt,
    Set<String> refusedFilters) {

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
        Set.of());
  }

  /** Everything, but for subscriptions to these filters. */
  static Grant everythingBut(List<String> filters) {
    return new Grant(List.of(), Permissions.none(), true, Map.of(), null, Set.copyOf(filters));
  }

  /** Where nobody said otherwise: a client's own tree. */
  static List<Permission> ownTree(String clientId) {
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
    return superuser || rules.mayPublish(topic, qos, retain);
  }

  /**
   * @param qos that is asked for
   */
  boolean maySubscribe(TopicFilter filter, int qos) {
    return !refuses(filter) && (superuser || rules.maySubscribe(filter, qos));
  }

  /** Whether nobody at all may subscribe to it. */
  boolean refuses(TopicFilter filter) {
    return refusedFilters.contains(filter.toString());
  }
}
