// sandbox/src/site/docker/engine-door.ts: where `docker` and the engine of a simulated Pi meet.

/** In the Pi's /run: the pipe that takes the process id of each `docker` that asks; its answer goes into a pipe of its own beside it. */
export const DOCKER_DOOR = 'docker'
export const answerPipe = (pid: number | string) => `${DOCKER_DOOR}.${pid}`
