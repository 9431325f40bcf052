package io.mqttsentinel.edge;

import com.fasterxml.jackson.databind.JsonNode;
import io.mqttsentinel.schemas.Permission;
import io.mqttsentinel.schemas.PermissionAction;
import io.mqttsentinel.schemas.PermissionEffect;
import io.mqttsentinel.schemas.TopicFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads what a client may do from the fields that EMQX has for it in answers and tokens: {@code
 * is_superuser}, {@code expire_at}, {@code client_attrs} and {@code acl}, this either as a list of
 * rules or as topics under {@code pub}, {@code sub} and {@code all}. A grant that is not understood
 * whole is not applied in part.
 */
final class GrantJson {

  /** Nothing is wrong with the rules, but the client has a name that they cannot be filled with. */
  static final class NameUnusable extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NameUnusable() {
      super("a name is not usable in permissions");
    }
  }

  private static final String LITERAL = "eq ";
  private static final int MOST_RULES = 1000;
  private static final int MOST_ATTRIBUTES = 100;

  private GrantJson() {}

  /**
   * The grant; without {@code acl} the client's own tree.
   *
   * @throws NameUnusable if a name cannot be filled into a rule
   * @throws IllegalArgumentException naming what is not understood
   */
  static Grant read(JsonNode from, ConnectAttempt attempt) {
    JsonNode acl = from.path("acl");
    List<Permission> rules = acl.isMissingNode() || acl.isNull() ? null : rules(acl);
    boolean superuser = from.path("is_superuser").asBoolean(false);
    Map<String, String> attributes = attributes(from.path("client_attrs"));
    Instant expiresAt = expiry(from.path("expire_at"));
    if (rules == null) {
      return Grant.usual(attempt.clientId(), superuser, attributes, expiresAt);
    }
    List<Permission> permissions =
        Placeholders.fill(
                rules, attempt.clientId(), attempt.username() == null ? "" : attempt.username())
            .orElseThrow(NameUnusable::new);
    return Grant.of(permissions, superuser, attributes, expiresAt);
  }

  private static Instant expiry(JsonNode seconds) {
    if (seconds.isMissingNode() || seconds.isNull()) {
      return null;
    }
    if (!seconds.canConvertToLong() || seconds.longValue() < 0) {
      throw new IllegalArgumentException("expire_at is no number of seconds since 1970");
    }
    return Instant.ofEpochSecond(seconds.longValue());
  }

  private static Map<String, String> attributes(JsonNode attributes) {
    if (attributes.size() > MOST_ATTRIBUTES) {
      throw new IllegalArgumentException("more than %d client_attrs".formatted(MOST_ATTRIBUTES));
    }
    Map<String, String> read = new HashMap<>();
    attributes
        .properties()
        .forEach(attribute -> read.put(attribute.getKey(), attribute.getValue().asText()));
    return read;
  }

  private static List<Permission> rules(JsonNode acl) {
    List<Permission> rules = new ArrayList<>();
    if (acl.isArray()) {
      acl.forEach(rule -> rules.add(rule(rule)));
    } else if (acl.isObject()) {
      topics(acl.path("pub"), PermissionAction.PUBLISH, rules);
      topics(acl.path("sub"), PermissionAction.SUBSCRIBE, rules);
      topics(acl.path("all"), PermissionAction.ALL, rules);
    } else {
      throw new IllegalArgumentException("acl is neither a list nor an object");
    }
    if (rules.size() > MOST_RULES) {
      throw new IllegalArgumentException("more than %d rules in acl".formatted(MOST_RULES));
    }
    return rules;
  }

  private static void topics(JsonNode topics, PermissionAction action, List<Permission> rules) {
    topics.forEach(
        topic -> rules.add(rule(PermissionEffect.ALLOW, action, topic.asText(), List.of(), null)));
  }

  private static Permission rule(JsonNode rule) {
    PermissionEffect effect =
        switch (text(rule, "permission")) {
          case "allow" -> PermissionEffect.ALLOW;
          case "deny" -> PermissionEffect.DENY;
          default -> throw new IllegalArgumentException("permission is neither allow nor deny");
        };
    PermissionAction action =
        switch (text(rule, "action")) {
          case "publish", "pub" -> PermissionAction.PUBLISH;
          case "subscribe", "sub" -> PermissionAction.SUBSCRIBE;
          case "all", "pubsub" -> PermissionAction.ALL;
          default -> throw new IllegalArgumentException("action is not publish, subscribe or all");
        };
    return rule(effect, action, rule.path("topic").asText(), qos(rule), retain(rule));
  }

  private static Permission rule(
      PermissionEffect effect,
      PermissionAction action,
      String topic,
      List<Integer> qos,
      Boolean retain) {
    boolean literal = topic.startsWith(LITERAL);
    String filter = literal ? topic.substring(LITERAL.length()) : topic;
    if (!TopicFilter.isValid(filter)) {
      throw new IllegalArgumentException("'%s' in acl is no topic filter".formatted(filter));
    }
    return new Permission(effect, action, filter, literal, qos, retain);
  }

  private static List<Integer> qos(JsonNode rule) {
    JsonNode qos = rule.path("qos");
    List<Integer> levels = new ArrayList<>();
    if (qos.isArray()) {
      qos.forEach(level -> levels.add(level(level)));
    } else if (!qos.isMissingNode() && !qos.isNull()) {
      levels.add(level(qos));
    }
    return levels;
  }

  private static int level(JsonNode level) {
    int qos = level.asInt(-1);
    if (qos < 0 || qos > 2) {
      throw new IllegalArgumentException("qos in acl is not 0, 1 or 2");
    }
    return qos;
  }

  private static Boolean retain(JsonNode rule) {
    return switch (rule.path("retain").asText()) {
      case "true" -> true;
      case "false" -> false;
      case "", "all", "null" -> null;
      default -> throw new IllegalArgumentException("retain in acl is not true, false or all");
    };
  }

  private static String text(JsonNode rule, String field) {
    return rule.path(field).asText().toLowerCase(Locale.ROOT);
  }
}
