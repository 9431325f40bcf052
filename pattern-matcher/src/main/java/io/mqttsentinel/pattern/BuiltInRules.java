package io.mqttsentinel.pattern;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Severity;
import java.util.List;
import java.util.Set;

/** What the tokenisers find by themselves, described as rules are. It never does more than flag. */
final class BuiltInRules {

  static final Rule SQL_SYNTAX =
      rule("sql_syntax", "The text goes on with an SQL statement", "CWE-89");

  static final Rule MARKUP_ACTIVE =
      rule("markup_active", "The text makes a browser run or fetch something", "CWE-79");

  private BuiltInRules() {}

  private static Rule rule(String id, String description, String tag) {
    return new Rule(
        id,
        id,
        "",
        description,
        null,
        null,
        false,
        Action.FLAG,
        Severity.MEDIUM,
        Confirmation.NONE,
        true,
        false,
        true,
        List.of(tag),
        new RuleScope(InspectedField.usual(), List.of(), List.of(), Set.of(), Set.of()),
        DecodeScope.ALL,
        null,
        List.of(),
        List.of());
  }
}
