package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.mqttsentinel.schemas.Permission;
import io.mqttsentinel.schemas.PermissionAction;
import io.mqttsentinel.schemas.PermissionEffect;
import java.time.Duration;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UserTableTest {

  private AuthDatabase database;
  private UserTable table;

  @BeforeEach
  void open() throws Exception {
    database = new AuthDatabase();
    JdbcDataSource source = new JdbcDataSource();
    source.setURL(database.url());
    table =
        new UserTable(
            source,
            new JdbcConfig(
                database.url(),
                null,
                null,
                "SELECT password_hash, salt, is_superuser, client_id FROM mqtt_user"
                    + " WHERE username = ?",
                "SELECT permission, action, topic FROM mqtt_acl WHERE username = ?"
                    + " ORDER BY position",
                null,
                1,
                Duration.ofMillis(250),
                Duration.ofSeconds(20),
                1,
                10));
  }

  @AfterEach
  void close() throws Exception {
    database.close();
  }

  @Test
  void rulesAreReadInTheirOrderWhateverTheirCase() throws Exception {
    database.rule("u", "Allow", "ALL", "b/#", 2);
    database.rule("u", "deny", "publish", "eq a/+", 1);
    assertEquals(
        List.of(
            new Permission(
                PermissionEffect.DENY, PermissionAction.PUBLISH, "a/+", true, List.of(), null),
            new Permission(
                PermissionEffect.ALLOW, PermissionAction.ALL, "b/#", false, List.of(), null)),
        table.rules("u"));
  }

  @Test
  void ruleThatMakesNoSenseIsNamedWithWhatWasExpected() throws Exception {
    database.rule("u", "maybe", "publish", "a", 1);
    database.rule("v", "allow", "dance", "a", 1);
    assertEquals(
        "the permission of a rule of the ACL is 'maybe', expected allow or deny", flaw("u"));
    assertEquals(
        "the action of a rule of the ACL is 'dance', expected publish, subscribe or all",
        flaw("v"));
  }

  private String flaw(String username) {
    return assertThrows(IllegalArgumentException.class, () -> table.rules(username)).getMessage();
  }
}
