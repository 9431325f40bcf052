package io.mqttsentinel.edge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of {@code docs/authentication.md}, as far as a test can use them. */
final class AuthenticationDocument {

  static final String PASSWORD = "correct horse";

  private static final Path FILE = Path.of("../docs/authentication.md");
  private static final Pattern BLOCK = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);
  private static final String DOCUMENTED_PASSWORD = "'…'";
  private static final String DOCUMENTED_HOST = "//auth-db:\\d+/";
  private static final String DOCUMENTED_AUTHORITY = "/etc/auth-db/ca.pem";

  private final String text;

  AuthenticationDocument() throws IOException {
    text = Files.readString(FILE);
  }

  List<String> tables() {
    return statements("CREATE TABLE mqtt_user ");
  }

  /** The first one makes the database, the others belong into it. */
  List<String> account(String name) {
    return statements("CREATE USER " + name + " ");
  }

  private List<String> statements(String anyOfThem) {
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      if (block.group(1).contains(anyOfThem)) {
        return Arrays.stream(block.group(1).replaceAll("--[^\\n]*", "").split(";"))
            .map(String::strip)
            .filter(statement -> !statement.isEmpty())
            .map(statement -> statement.replace(DOCUMENTED_PASSWORD, "'" + PASSWORD + "'"))
            .toList();
      }
    }
    throw new AssertionError("no block of SQL has " + anyOfThem);
  }

  /** What an edge is told of a database, but for host, port, and where the certificate is. */
  Map<String, Object> configuration(String driver, DatabaseServer server) {
    Matcher yaml =
        Pattern.compile("url: (jdbc:%s:\\S+)\\s+username: (\\w+)".formatted(driver)).matcher(text);
    if (!yaml.find()) {
      throw new AssertionError("no address for " + driver);
    }
    String url =
        yaml.group(1)
            .replaceFirst(DOCUMENTED_HOST, "//localhost:" + server.port() + "/")
            .replace(DOCUMENTED_AUTHORITY, server.authority().toString());
    return new HashMap<>(
        Map.of(
            "sentinel.edge.jdbc.url", url,
            "sentinel.edge.jdbc.username", yaml.group(2),
            "sentinel.edge.jdbc.password", PASSWORD));
  }
}
