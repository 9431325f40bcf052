package io.mqttsentinel.bridge;

import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * nginx with ModSecurity and the OWASP Core Rule Set, as Debian packages them, before an origin.
 */
final class Firewall implements AutoCloseable {

  private static final Path MODULE =
      Path.of("/usr/lib/nginx/modules/ngx_http_modsecurity_module.so");
  private static final Path RULES = Path.of("/usr/share/modsecurity-crs/rules");
  private static final Path RULES_SETUP = Path.of("/etc/modsecurity/crs/crs-setup.conf");

  private final int port;
  private final Process process;

  private Firewall(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  static Firewall before(int origin, Path directory) throws IOException {
    Path program = Requires.program("nginx");
    for (Path needed : new Path[] {MODULE, RULES, RULES_SETUP}) {
      if (Files.notExists(needed)) {
        Requires.missing("%s of ModSecurity is not installed".formatted(needed));
      }
    }
    int port = Mosquitto.freePort();
    Path rules =
        Files.writeString(
            directory.resolve("rules.conf"),
            """
            SecRuleEngine On
            SecRequestBodyAccess On
            SecResponseBodyAccess Off
            SecAuditEngine Off
            Include %s
            Include %s/*.conf
            """
                .formatted(RULES_SETUP, RULES));
    Path config =
        Files.writeString(
            directory.resolve("nginx.conf"),
            """
            load_module %1$s;
            daemon off;
            worker_processes 1;
            pid %2$s/nginx.pid;
            error_log %2$s/error.log;
            events {}
            http {
              access_log off;
              client_body_temp_path %2$s/body;
              proxy_temp_path %2$s/proxy;
              fastcgi_temp_path %2$s/fastcgi;
              uwsgi_temp_path %2$s/uwsgi;
              scgi_temp_path %2$s/scgi;
              server {
                listen 127.0.0.1:%3$d;
                modsecurity on;
                modsecurity_rules_file %4$s;
                location /mqtt {
                  proxy_pass http://127.0.0.1:%5$d;
                  proxy_http_version 1.1;
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection "upgrade";
                  proxy_set_header Host $host;
                  proxy_read_timeout 1h;
                }
              }
            }
            """
                .formatted(MODULE, directory, port, rules, origin));
    Process process =
        new ProcessBuilder(program.toString(), "-p", directory.toString(), "-c", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("nginx.out").toFile())
            .start();
    Await.until(
        "nginx listens",
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException(
                "nginx ended: " + Files.readString(directory.resolve("nginx.out")));
          }
          return Mosquitto.listens(port);
        });
    return new Firewall(port, process);
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    Await.until("nginx ends", () -> !process.isAlive());
  }
}
