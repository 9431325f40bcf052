package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.Permission;
import io.mqttsentinel.schemas.PermissionAction;
import io.mqttsentinel.schemas.PermissionEffect;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What an authenticated client may do.
 *
 * @param superuser may do everything; the permissions are not asked
 * @param permissions the first that is about a topic decides; none: denied
 * @param expiresAt when the connection ends, or null
 */
record Grant(
    List<Permission> permissions,
    boolean superuser,
    Map<String, String> attributes,
    @Nullable Instant expiresAt) {

  Grant {
    permissions = List.copyOf(permissions);
    attributes = Map.copyOf(attributes);
  }

  /** Where nobody said otherwise: a client's own tree. */
  static List<Permission> ownTree(String clientId) {
    return List.of(
        new Permission(
            PermissionEffect.ALLOW, PermissionAction.ALL, "clients/" + clientId + "/#", false));
  }

  boolean mayPublish(String topic) {
    if (superuser) {
      return true;
    }
    for (Permission permission : permissions) {
      if (isAbout(permission, PermissionAction.PUBLISH) && matches(permission, topic)) {
        return permission.getEffect() == PermissionEffect.ALLOW;
      }
    }
    return false;
  }

  /** A filter is allowed by a rule that covers all of it, denied by one that covers some of it. */
  boolean maySubscribe(String filter) {
    if (superuser) {
      return true;
    }
    for (Permission permission : permissions) {
      if (!isAbout(permission, PermissionAction.SUBSCRIBE)) {
        continue;
      }
      boolean allow = permission.getEffect() == PermissionEffect.ALLOW;
      if (allow ? covers(permission, filter) : touches(permission, filter)) {
        return allow;
      }
    }
    return false;
  }

  private static boolean isAbout(Permission permission, PermissionAction action) {
    return permission.getAction() == action || permission.getAction() == PermissionAction.ALL;
  }

  private static boolean matches(Permission permission, String topic) {
    return permission.getLiteral()
        ? permission.getTopicFilter().equals(topic)
        : TopicFilters.matches(permission.getTopicFilter(), topic);
  }

  private static boolean covers(Permission permission, String filter) {
    return permission.getLiteral()
        ? permission.getTopicFilter().equals(filter)
        : TopicFilters.covers(permission.getTopicFilter(), filter);
  }

  private static boolean touches(Permission permission, String filter) {
    return permission.getLiteral()
        ? permission.getTopicFilter().equals(filter)
        : TopicFilters.overlap(permission.getTopicFilter(), filter);
  }
}
