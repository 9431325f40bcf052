package io.mqttsentinel.edge;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ServerChannel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import java.util.function.Consumer;

/**
 * Netty's way to look at channels that somebody else's bootstrap makes. It shows every server of
 * the JVM, so an edge marks its own: whatever is bound while {@link #binding} runs, on that thread.
 */
public final class EdgeChannels extends ChannelInitializerExtension {

  /** What an edge does with its channels. */
  interface Owner {

    void listening(ServerChannel server);

    /** Called when Moquette has filled the pipeline. */
    void connected(Channel child);
  }

  private static final AttributeKey<Owner> OWNER = AttributeKey.valueOf(Owner.class, "edge");
  private static final ThreadLocal<Owner> BINDING = new ThreadLocal<>();

  /** For the service loader. */
  public EdgeChannels() {}

  /**
   * Switches the extension on. Has to happen before the first server or client of the JVM that uses
   * Netty is made: Netty looks once.
   */
  public static void enable() {
    System.setProperty(EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
  }

  /** Runs something that binds server channels; they belong to the owner. */
  static void binding(Owner owner, Consumer<Owner> bind) {
    BINDING.set(owner);
    try {
      bind.accept(owner);
    } finally {
      BINDING.remove();
    }
  }

  @Override
  public void postInitializeServerListenerChannel(ServerChannel server) {
    Owner owner = BINDING.get();
    if (owner != null) {
      server.attr(OWNER).set(owner);
      owner.listening(server);
    }
  }

  @Override
  public void postInitializeServerChildChannel(Channel child) {
    Attribute<Owner> owner = child.parent().attr(OWNER);
    if (owner.get() == null) {
      return;
    }
    // Called before registration: Moquette's own initializer runs first, then this one.
    child
        .pipeline()
        .addLast(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                owner.get().connected(channel);
              }
            });
  }
}
