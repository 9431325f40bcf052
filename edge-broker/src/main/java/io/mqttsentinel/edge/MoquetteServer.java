package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.moquette.BrokerConstants;
import io.moquette.broker.ISslContextCreator;
import io.moquette.broker.Server;
import io.moquette.broker.config.IConfig;
import io.moquette.broker.config.MemoryConfig;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moquette, with nothing of its own that we do not need. */
final class MoquetteServer {

  private static final Logger LOG = LoggerFactory.getLogger(MoquetteServer.class);
  private static final String OFF = "disabled";
  private static final int BACKLOG = 4096;
  private static final int SESSION_QUEUE = 1 << 16;
  private static final long FORGET_AFTER_SECONDS = 5;

  private final EdgeConfig config;
  private final ScheduledExecutorService housekeeping;
  private final Server server = new Server();
  private final List<ServerChannel> listening = new ArrayList<>(Listener.values().length);
  private final TlsCertificates certificates;
  private final Door door;

  /**
   * @param certificates null where no encrypted listener is on
   */
  MoquetteServer(
      EdgeConfig config,
      @Nullable TlsCertificates certificates,
      Door door,
      ScheduledExecutorService housekeeping) {
    this.config = config;
    this.certificates = certificates;
    this.door = door;
    this.housekeeping = housekeeping;
  }

  /**
   * Listens.
   *
   * @param pipeline completes the pipeline of each connection
   * @throws IllegalStateException if a port is taken or Netty was used before this edge was enabled
   */
  void start(Consumer<Channel> pipeline) {
    EdgeChannels.Owner owner =
        new EdgeChannels.Owner() {
          @Override
          public void listening(ServerChannel channel) {
            listening.add(channel);
            channel.pipeline().addFirst(door); // before the one that registers who comes
          }

          @Override
          public void connected(Channel child) {
            pipeline.accept(child);
          }
        };
    EdgeChannels.binding(owner, _ -> bind());
    if (listening.isEmpty()) {
      server.stopServer();
      throw new IllegalStateException(
          "Netty was used in this JVM before the edge could hook into it: call"
              + " EdgeChannels.enable() first of all, or start with"
              + " -Dio.netty.bootstrap.extensions=serviceload");
    }
  }

  private void bind() {
    try {
      ISslContextCreator tls = certificates == null ? null : certificates::context;
      server.startServer(new MemoryConfig(properties()), null, tls, null, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      server.stopServer();
      throw new IllegalStateException(
          "the edge cannot listen on %s (sentinel.edge.host), %s: %s"
              .formatted(config.host(), configuredPorts(), e.getMessage()),
          e);
    }
  }

  private Properties properties() {
    Properties p = new Properties();
    p.setProperty(IConfig.HOST_PROPERTY_NAME, config.host());
    for (Listener listener : Listener.values()) {
      // Where a TLS port is named at all, even as disabled, Moquette asks for a certificate.
      if (!listener.isEncrypted() || certificates != null) {
        p.setProperty(listener.moquetteKey(), port(listener.configured(config)));
      }
    }
    p.setProperty(IConfig.WEB_SOCKET_PATH_PROPERTY_NAME, config.websocketPath());
    p.setProperty(
        BrokerConstants.WEB_SOCKET_MAX_FRAME_SIZE_PROPERTY_NAME,
        Integer.toString(config.maxMessageBytes()));
    p.setProperty(IConfig.PERSISTENCE_ENABLED_PROPERTY_NAME, "false");
    p.setProperty(IConfig.ENABLE_TELEMETRY_NAME, "false");
    p.setProperty(IConfig.ALLOW_ANONYMOUS_PROPERTY_NAME, "true"); // we asked before
    p.setProperty(IConfig.BUFFER_FLUSH_MS_PROPERTY_NAME, "0");
    p.setProperty(
        IConfig.NETTY_MAX_BYTES_PROPERTY_NAME, Integer.toString(config.maxMessageBytes()));
    p.setProperty(IConfig.TOPIC_ALIAS_MAXIMUM_PROPERTY_NAME, "0");
    p.setProperty(IConfig.SESSION_QUEUE_SIZE, Integer.toString(SESSION_QUEUE));
    p.setProperty(BrokerConstants.NETTY_NATIVE_PROPERTY_NAME, "true");
    p.setProperty(BrokerConstants.NETTY_SO_BACKLOG_PROPERTY_NAME, Integer.toString(BACKLOG));
    // Before CONNECT our own deadline counts; Moquette's could be put off byte by byte.
    p.setProperty(BrokerConstants.NETTY_CHANNEL_TIMEOUT_SECONDS_PROPERTY_NAME, "0");
    return p;
  }

  private static String port(int port) {
    return port == EdgeConfig.OFF ? OFF : Integer.toString(port);
  }

  private String configuredPorts() {
    return Arrays.stream(Listener.values())
        .filter(listener -> listener.isOn(config))
        .map(listener -> listener.key() + " " + listener.configured(config))
        .collect(Collectors.joining(", "));
  }

  /** The bound port, or {@link EdgeConfig#OFF}. */
  int port(Listener wanted) {
    if (!wanted.isOn(config)) {
      return EdgeConfig.OFF;
    }
    long before =
        Arrays.stream(Listener.values())
            .filter(listener -> listener.compareTo(wanted) < 0 && listener.isOn(config))
            .count();
    ServerChannel channel = listening.get((int) before);
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /**
   * Drops the session of a client that went between CONNECT and CONNACK, which Moquette itself
   * never does. Later, because it may not even have made it yet.
   */
  void forget(String moquetteId) {
    var _ =
        housekeeping.schedule(
            () -> {
              try {
                server.disconnectAndPurgeClientState(moquetteId);
              } catch (RuntimeException e) {
                LOG.warn("Moquette keeps the session {}: {}", moquetteId, e.toString());
              }
            },
            FORGET_AFTER_SECONDS,
            TimeUnit.SECONDS);
  }

  /** Takes no new connections; those that are there stay. */
  void stopListening() {
    listening.forEach(channel -> channel.close().syncUninterruptibly());
  }

  void stop() {
    server.stopServer();
  }
}
