package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.schemas.PermissionAction;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** The JDBC authenticator of an edge, as it is configured, and what it is told. */
record AskedDatabase(ApplicationContext edge) implements AutoCloseable {

  CompletableFuture<AuthDecision> ask(String clientId, String username, String password) {
    return authenticator()
        .authenticate(Attempts.of(clientId, username, password))
        .toCompletableFuture();
  }

  Grant allowed(String clientId, String username, String password) {
    AuthDecision decision = ask(clientId, username, password).join();
    return assertInstanceOf(Allow.class, decision, username).grant();
  }

  /** Why it denies. */
  String denied(String clientId, String username, String password) {
    AuthDecision decision = ask(clientId, username, password).join();
    return assertInstanceOf(Deny.class, decision, username).refusal().cause();
  }

  boolean mayPublish(String clientId, String username, String topic) {
    return authenticator()
        .isAllowed(
            Attempts.of(clientId, username, null),
            new TopicQuestion(PermissionAction.PUBLISH, topic, 0, false))
        .toCompletableFuture()
        .join();
  }

  private JdbcAuthenticator authenticator() {
    return edge.getBean(JdbcAuthenticator.class);
  }

  JdbcConfig config() {
    return edge.getBean(JdbcConfig.class);
  }

  /** As the edge does. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(config().url(), config().username(), config().password());
  }

  /** Whether the database has a row for this name, be it of another. */
  boolean finds(String username) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement query = connection.prepareStatement(config().userQuery())) {
      query.setString(1, username);
      try (ResultSet row = query.executeQuery()) {
        return row.next();
      }
    }
  }

  @Override
  public void close() {
    edge.close();
  }
}
