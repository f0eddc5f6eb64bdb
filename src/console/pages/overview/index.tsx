import { about, projectName, serves } from '../../app/about.ts'
import type { PageProps } from '../../app/page-props.ts'
import { pathOfPage } from '../../app/known-pages.ts'
import { hrefOf } from '../../app/router.ts'
import { Icon } from '../../parts/icon.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { ApprovalsCard, FailuresCard, RunsCard } from './agent-cards.tsx'
import { Card } from './card.tsx'
import { hasDatabase, servesSchema, useOverview } from './figures.ts'
import { overviewTexts as texts } from './texts.ts'
import { DatabaseCard, FindingsCard, MigrationsCard, ProjectCard } from './project-cards.tsx'
import { TokenChart } from './token-chart.tsx'
import { Verdict } from './verdict.tsx'

/** The first page: what this project is, and whether all is well. */
export default function OverviewPage(_: PageProps) {
  const data = useOverview()
  const isStudied = hasDatabase()
  const handshake = about.value?.handshake
  const chat = serves('sessions') ? pathOfPage('chat') : null
  return (
    <>
      <header class="page-head">
        <h1>
          <Name text={projectName()} max={80} />
        </h1>
        {handshake && (
          <span class="quiet">
            <Name
              text={`${handshake.project.version} · ${handshake.project.environment}`}
              max={60}
            />
          </span>
        )}
        {chat !== null && (
          <a class="button push" href={hrefOf(chat)}>
            <Icon name="chat" />
            {texts.ask}
          </a>
        )}
      </header>
      <div class="scroll" tabIndex={0} role="region" aria-label={texts.title}>
        <Verdict data={data} />
        <div class="cards">
          <RunsCard data={data} />
          {serves('approvals') && <ApprovalsCard data={data} />}
          <FailuresCard data={data} />
          <Card title={texts.tokens} loaded={data.recent}>
            {(recent) => <TokenChart recent={recent} />}
          </Card>
          {isStudied && <DatabaseCard data={data} />}
          {isStudied && <MigrationsCard data={data} />}
          {servesSchema() && <FindingsCard data={data} />}
          <ProjectCard data={data} />
        </div>
      </div>
    </>
  )
}
