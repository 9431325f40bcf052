package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The database that knows who may connect.
 *
 * @param url JDBC; without it nobody is asked, and everybody denied
 * @param username of the database account, which needs to read only
 * @param password of the database account
 * @param userQuery one parameter, the user name; columns password_hash, salt, is_superuser,
 *     client_id (null: any) and username: rows of another name, which databases that ignore case
 *     find too, do not count; without that column all do
 * @param aclQuery one parameter, the user name; columns permission (allow, deny), action (publish,
 *     subscribe, all) and topic, first match first, and username as above; topic may hold
 *     ${clientid} and ${username}, and "eq " in front takes its wildcards literally
 * @param topicQuery asked about single topics of users without rules, beside their own tree; four
 *     parameters: user name, client id, publish or subscribe, topic name or filter; column
 *     permission (allow, deny) of the first row; no row denies. Without it only their own tree is
 *     allowed
 * @param connections in the pool
 * @param connectTimeout limit of one attempt to get a connection to the database
 * @param timeLimit of a whole decision, queues included
 * @param hashThreads how many passwords are hashed at the same time
 * @param maxPending decisions that may wait; more are refused at once
 */
@ConfigurationProperties("sentinel.edge.jdbc")
record JdbcConfig(
    @Nullable String url,
    @Nullable String username,
    @Nullable String password,
    @Bindable(
            defaultValue =
                "SELECT username, password_hash, salt, is_superuser, client_id FROM mqtt_user"
                    + " WHERE username = ?")
        String userQuery,
    @Bindable(
            defaultValue =
                "SELECT username, permission, action, topic FROM mqtt_acl WHERE username = ?"
                    + " ORDER BY position")
        String aclQuery,
    @Nullable String topicQuery,
    @Bindable(defaultValue = "8") int connections,
    @Bindable(defaultValue = "1s") Duration connectTimeout,
    @Bindable(defaultValue = "3s") Duration timeLimit,
    @Bindable(defaultValue = "2") int hashThreads,
    @Bindable(defaultValue = "5000") int maxPending) {

  private static final long HIKARI_LEAST_TIMEOUT_MS = 250;

  JdbcConfig {
    ConfigCheck.require(
        url == null || hasDriver(url),
        "sentinel.edge.jdbc.url",
        url,
        "the address of a database that there is a driver for, which starts with jdbc:postgresql:,"
            + " jdbc:mariadb: or jdbc:h2:");
    ConfigCheck.notBlank("sentinel.edge.jdbc.user-query", userQuery);
    ConfigCheck.notBlank("sentinel.edge.jdbc.acl-query", aclQuery);
    ConfigCheck.require(
        topicQuery == null || topicQuery.chars().filter(c -> c == '?').count() == 4,
        "sentinel.edge.jdbc.topic-query",
        topicQuery,
        "a query with four parameters: user name, client id, action, topic");
    ConfigCheck.atLeast("sentinel.edge.jdbc.connections", connections, 1);
    ConfigCheck.atLeast(
        "sentinel.edge.jdbc.connect-timeout (ms)",
        connectTimeout.toMillis(),
        HIKARI_LEAST_TIMEOUT_MS);
    ConfigCheck.positive("sentinel.edge.jdbc.time-limit", timeLimit);
    ConfigCheck.atLeast("sentinel.edge.jdbc.hash-threads", hashThreads, 1);
    ConfigCheck.atLeast("sentinel.edge.jdbc.max-pending", maxPending, 1);
  }

  @Override
  public String toString() {
    return "JdbcConfig[url=%s, username=%s]".formatted(url, username);
  }

  private static boolean hasDriver(String url) {
    try {
      return DriverManager.getDriver(url) != null;
    } catch (SQLException e) { // there is none
      return false;
    }
  }
}
