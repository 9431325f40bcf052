package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.Permission;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills a client's names into the rules of its account. */
final class Placeholders {

  private static final String CLIENT_ID = "${clientid}";
  private static final String USERNAME = "${username}";

  private static final Pattern PLACEHOLDER =
      Pattern.compile(Pattern.quote(CLIENT_ID) + "|" + Pattern.quote(USERNAME));

  private Placeholders() {}

  /**
   * Empty where a name would change the meaning of a rule: one with a wildcard or a slash names
   * more than one level, and a dollar sign at the beginning of a filter makes it reserved (MQTT
   * 5.0, 4.7.2).
   */
  static Optional<List<Permission>> fill(List<Permission> rules, String clientId, String username) {
    for (Permission rule : rules) {
      String template = rule.getTopicFilter();
      if (!fits(template, CLIENT_ID, clientId) || !fits(template, USERNAME, username)) {
        return Optional.empty();
      }
    }
    return Optional.of(
        rules.stream()
            .map(
                rule ->
                    new Permission(
                        rule.getEffect(),
                        rule.getAction(),
                        filter(rule.getTopicFilter(), clientId, username),
                        rule.getLiteral(),
                        rule.getQos(),
                        rule.getRetain()))
            .toList());
  }

  private static boolean fits(String template, String placeholder, String name) {
    if (!template.contains(placeholder)) {
      return true;
    }
    boolean reserved = template.startsWith(placeholder) && name.startsWith("$");
    return isOneLevel(name) && !reserved;
  }

  /** In one pass: a name that looks like a placeholder is not filled in itself. */
  private static String filter(String template, String clientId, String username) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(found.group().equals(CLIENT_ID) ? clientId : username));
  }

  static boolean isOneLevel(String name) {
    return !name.isEmpty()
        && name.indexOf('+') < 0
        && name.indexOf('#') < 0
        && name.indexOf('/') < 0
        && name.chars().noneMatch(Character::isISOControl);
  }
}
