/* The C library's own hello-world, on a loop of the shape of ours: the bar for Shared/HTTP.
   hello PORT now|later: answered in the callback, or suspended and resumed on the same loop. */
#include <microhttpd.h>
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

static int later, waiting;
static struct MHD_Connection *suspended[4096];
static const char body[] = "hello\n";

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **state) {
  static int headed, asked;
  if (*state == NULL) {
    *state = &headed;
    return MHD_YES;
  }
  if (*size) {
    *size = 0;
    return MHD_YES;
  }
  if (later && *state == &headed) {
    *state = &asked;
    suspended[waiting++] = connection;
    MHD_suspend_connection(connection);
    return MHD_YES;
  }
  struct MHD_Response *response = MHD_create_response_from_buffer(sizeof body - 1, (void *)body, MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header(response, "Content-Type", "text/plain");
  enum MHD_Result result = MHD_queue_response(connection, 200, response);
  MHD_destroy_response(response);
  return result;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  later = strcmp(arguments[2], "later") == 0;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct MHD_Daemon *daemon = MHD_start_daemon(
      MHD_USE_EPOLL | (later ? MHD_ALLOW_SUSPEND_RESUME : 0), 0, NULL, NULL, answer, NULL,
      MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_TIMEOUT, 75, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)65536,
      MHD_OPTION_END);
  if (daemon == NULL) return 1;
  int loop = epoll_create1(EPOLL_CLOEXEC), patience = 0;
  struct epoll_event event = {.events = EPOLLIN}, ready[256];
  epoll_ctl(loop, EPOLL_CTL_ADD, MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, &event);
  puts("ready");
  fflush(stdout);
  for (;;) {
    int some = epoll_wait(loop, ready, 256, patience);
    int resumed = waiting;
    while (waiting) MHD_resume_connection(suspended[--waiting]);
    if (some || resumed || patience == 0) MHD_run(daemon);
    unsigned long long timeout;
    patience = waiting ? 0 : MHD_get_timeout(daemon, &timeout) == MHD_YES ? (timeout > 1000 ? 1000 : (int)timeout) : -1;
  }
}
