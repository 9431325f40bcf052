package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mqttsentinel.schemas.Permission;
import io.mqttsentinel.schemas.PermissionAction;
import io.mqttsentinel.schemas.PermissionEffect;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholdersTest {

  private static final String BOTH = "sites/${username}/${clientid}/#";

  @Test
  void namesAreFilledIn() {
    assertEquals(Optional.of("sites/u/c/#"), fill(BOTH, "c", "u"));
    assertEquals(Optional.of("c/c-c"), fill("${clientid}/${clientid}-${clientid}", "c", "u"));
    assertEquals(Optional.of("a/${other}/+"), fill("a/${other}/+", "c", "u"));
    assertEquals(Optional.of("sites/$1\\/$2/#"), fill(BOTH, "$2", "$1\\"));
  }

  @Test
  void nameThatLooksLikeAPlaceholderStaysWhatItIs() {
    assertEquals(
        Optional.of("devices/${username}/#"), fill("devices/${clientid}/#", "${username}", "+"));
    assertEquals(Optional.of("sites/${clientid}/c/#"), fill(BOTH, "c", "${clientid}"));
    assertEquals(
        Optional.of("a/${username}"), fill("a/${clientid}", "${username}", "x/#"), "not asked for");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "#", "a/b", "a+", "a#", "/", "", "a\u0000", "a\n"})
  void nameThatWouldChangeARuleIsNotFilledIn(String name) {
    assertEquals(Optional.empty(), fill(BOTH, "c", name));
    assertEquals(Optional.empty(), fill(BOTH, name, "u"));
  }

  @Test
  void nameCannotBeginAReservedTopic() {
    assertEquals(Optional.empty(), fill("${username}/#", "c", "$SYS"));
    assertEquals(Optional.empty(), fill("${clientid}/g/#", "$share", "u"));
    assertEquals(Optional.of("a/$SYS/#"), fill("a/${username}/#", "c", "$SYS"));
  }

  private static Optional<String> fill(String filter, String clientId, String username) {
    Permission rule =
        new Permission(
            PermissionEffect.ALLOW, PermissionAction.ALL, filter, false, List.of(), null);
    return Placeholders.fill(List.of(rule), clientId, username)
        .map(filled -> filled.getFirst().getTopicFilter());
  }
}
